/**
 * Help with training: metrics and progress.
 *
 * @module
 */
