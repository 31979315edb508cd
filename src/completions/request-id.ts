/** What a client's id of a request may be; it has no spaces at its ends. */
export const ID_PATTERN = /^[\x21-\x7e]([\x20-\x7e]{0,126}[\x21-\x7e])?$/;
export const ID_RULE = 'must be a string of 1 to 128 printable ASCII characters';
