import { refreshAll } from '../live/refresh';
import { say } from '../ui/toasts';

/** Does something, says what has come of it, and reads again what is shown. Undefined when it failed. */
export async function perform<T>(run: () => Promise<T>, done: (result: T) => string): Promise<T | undefined> {
  try {
    const result = await run();
    say('good', done(result));
    return result;
  } catch (error) {
    say('bad', error instanceof Error ? error.message : String(error));
    return undefined;
  } finally {
    refreshAll();
  }
}
