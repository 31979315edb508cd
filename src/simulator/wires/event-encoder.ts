/** Puts each delta between the constant parts of its event; a text that comes again is not encoded again. */
export function eventEncoder(before: string, after: string): (text: string) => string {
  let lastText: string | undefined;
  let lastEvent = '';
  return (text) => {
    if (text === lastText) return lastEvent;
    lastText = text;
    lastEvent = `${before}${JSON.stringify(text)}${after}`;
    return lastEvent;
  };
}
