import { Store } from '../lib/store';

export interface Question {
  title: string;
  text: string;
  confirm: string;
  danger?: boolean;
  /** Must be typed first: for what can't be undone and touches much. */
  typed?: string;
}

export const question = new Store<(Question & { answer: (yes: boolean) => void }) | null>(null);

/** Asks before something is done; false when the person thinks better of it. */
export function ask(asked: Question): Promise<boolean> {
  return new Promise((resolve) => {
    question.set({
      ...asked,
      answer: (yes) => {
        question.set(null);
        resolve(yes);
      },
    });
  });
}
