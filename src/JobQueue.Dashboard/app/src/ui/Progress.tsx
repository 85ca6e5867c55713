interface Props {
  /** 0 to 1; null while it is not known. */
  fraction: number | null;
  label: string;
  text?: string;
}

export function Progress({ fraction, label, text }: Props) {
  const percent = fraction === null ? undefined : Math.round(Math.min(1, Math.max(0, fraction)) * 100);
  return (
    <div className="progress-line">
      <progress aria-label={label} max={100} {...(percent === undefined ? {} : { value: percent })} />
      <span className="small muted">{text ?? (percent === undefined ? '' : `${percent} %`)}</span>
    </div>
  );
}
