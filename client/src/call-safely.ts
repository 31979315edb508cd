/** Calls a listener of the application. What it throws is the application's to see, and no reason for us to stumble. */
export function callSafely(listener: () => void): void {
  try {
    listener();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
