/**
 * Names the backend that is used when the user names none. Every entry point of the package
 * imports this; nothing else may.
 *
 * @module
 */
import { referenceBackend } from "./backends/reference/mod.ts";
import { setDefaultBackend } from "./core/backend.ts";

setDefaultBackend(referenceBackend);
