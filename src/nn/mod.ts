/**
 * Building blocks of networks.
 *
 * @module
 */
import "../default_backend.ts";

export { glorotUniform } from "./initializers.ts";
