import { useState } from 'react';
import { useStore } from '../lib/store';
import { question } from './confirm';
import { Dialog } from './Dialog';

export function ConfirmDialog() {
  const asked = useStore(question);
  return asked === null ? null : <Asked key={asked.title} {...asked} />;
}

function Asked({ title, text, confirm, danger = false, typed, answer }: NonNullable<ReturnType<typeof question.get>>) {
  const [word, setWord] = useState('');
  return (
    <Dialog title={title} onClose={() => answer(false)}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          answer(true);
        }}
      >
        <p>
          <bdi>{text}</bdi>
        </p>
        {typed !== undefined && (
          <label className="field">
            Type <strong>{typed}</strong> to confirm
            <input value={word} onChange={(event) => setWord(event.target.value)} autoComplete="off" spellCheck={false} />
          </label>
        )}
        <footer>
          <button type="button" className="btn" onClick={() => answer(false)}>
            Keep as it is
          </button>
          <button type="submit" className={danger ? 'btn danger' : 'btn primary'} disabled={typed !== undefined && word !== typed}>
            {confirm}
          </button>
        </footer>
      </form>
    </Dialog>
  );
}
