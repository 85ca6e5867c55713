import { useId } from 'react';
import { readHandlers } from '../../api/handlers';
import { useLiveQuery } from '../../live/useLiveQuery';

interface FieldProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  error: string | null;
  hint?: string;
  type?: 'text' | 'number' | 'datetime-local';
  mono?: boolean;
  required?: boolean;
  readOnly?: boolean;
  /** Names to choose from; others can be typed too. */
  names?: readonly string[];
}

/** A labelled input whose error stands beneath it and is read with it. */
export function Field({ label, value, onChange, error, hint, type = 'text', mono = false, required = false, readOnly = false, names }: FieldProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type={type}
        value={value}
        className={mono ? 'mono' : undefined}
        required={required}
        readOnly={readOnly}
        {...(type === 'number' ? { min: 0, step: 'any' } : {})}
        {...(names === undefined ? {} : { list: `${id}-names` })}
        autoComplete="off"
        spellCheck={false}
        aria-invalid={error !== null}
        aria-describedby={`${id}-note`}
        onChange={(event) => onChange(event.target.value)}
      />
      {names !== undefined && (
        <datalist id={`${id}-names`}>
          {names.map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
      )}
      <span id={`${id}-note`} className={error === null ? 'small muted' : 'field-error'}>
        <bdi>{error ?? hint ?? ''}</bdi>
      </span>
    </div>
  );
}

type NamedProps = Pick<FieldProps, 'value' | 'error' | 'onChange'>;

export function HandlerField(props: NamedProps) {
  const handlers = useLiveQuery(['names', 'handlers'], (signal) => readHandlers(48, signal), { everyMs: 30_000 });
  return <Field {...props} label="Handler" required names={handlers.data?.map((handler) => handler.name) ?? []} />;
}

const zones = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')];

export function ZoneField(props: NamedProps) {
  return <Field {...props} label="Time zone" names={zones} />;
}

interface ChoiceProps<T extends string> {
  label: string;
  value: T;
  options: readonly (readonly [T, string])[];
  onChange: (value: T) => void;
}

export function Choice<T extends string>({ label, value, options, onChange }: ChoiceProps<T>) {
  return (
    <label className="field">
      {label}
      <select
        value={value}
        onChange={(event) => {
          const found = options.find(([option]) => option === event.target.value);
          if (found !== undefined) {
            onChange(found[0]);
          }
        }}
      >
        {options.map(([option, text]) => (
          <option key={option} value={option}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}
