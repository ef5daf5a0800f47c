/** A component in one of its states, with the state's name. */
import type { ComponentChildren } from 'preact';

interface SectionProps {
  readonly id: string;
  readonly title: string;
  /** When to use it. */
  readonly remark: string;
  readonly children: ComponentChildren;
}

export function Section({ id, title, remark, children }: SectionProps) {
  return (
    <section class="component" id={id} aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>{title}</h2>
      <p class="quiet">{remark}</p>
      <div class="specimens">{children}</div>
    </section>
  );
}

interface SpecimenProps {
  readonly state: string;
  /** Takes the whole row. */
  readonly isWide?: boolean;
  readonly children: ComponentChildren;
}

export function Specimen({ state, isWide = false, children }: SpecimenProps) {
  return (
    <figure class={isWide ? 'specimen specimen-wide' : 'specimen'}>
      <figcaption>{state}</figcaption>
      {children}
    </figure>
  );
}
