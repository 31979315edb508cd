/** How the key of what a workflow builds on begins: before its video is stored, so its owner can't be told by it. */
export const INPUT_KEYS_BEGIN = 'input-';
