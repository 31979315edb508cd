/** How the demo speaks: on stdout, for a person. */

export function title(text: string): void {
  process.stdout.write(`\n== ${text}\n`);
}

export function say(text: string): void {
  process.stdout.write(`   ${text}\n`);
}

/** A piece of an answer, as it comes. */
export function quote(text: string): void {
  process.stdout.write(text);
}

/** @throws Error saying what was promised, where it did not hold */
export function promise(holds: boolean, what: string): void {
  if (!holds) throw new Error(`this was promised and did not hold: ${what}`);
}
