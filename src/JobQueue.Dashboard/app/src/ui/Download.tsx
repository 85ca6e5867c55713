import { DownloadIcon } from 'lucide-react';

export function Download({ text, fileName }: { text: string; fileName: string }) {
  const save = () => {
    const url = URL.createObjectURL(new Blob([text], { type: 'text/plain;charset=utf-8' }));
    const anchor = document.createElement('a');
    anchor.href = url;
    anchor.download = fileName;
    anchor.click();
    URL.revokeObjectURL(url);
  };
  return (
    <button type="button" className="btn small" onClick={save}>
      <DownloadIcon aria-hidden="true" /> Download
    </button>
  );
}
