import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';

/** What would be here, and how it comes to be. */
export function Empty({ icon: Icon, title, children }: { icon: LucideIcon; title: string; children: ReactNode }) {
  return (
    <div className="empty">
      <Icon aria-hidden="true" />
      <p className="empty-title">{title}</p>
      <p className="muted">{children}</p>
    </div>
  );
}
