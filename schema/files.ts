/** The largest file that is taken. */
export const MAX_FILE_BYTES = 64 * 1024 * 1024;
