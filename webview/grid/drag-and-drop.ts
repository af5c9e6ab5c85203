// Dragging the selected images onto a cluster.
import { pathOf } from './list-gestures';

export interface DragActions {
  isSelected: (path: string) => boolean;
  /** Selects an image that is dragged without being selected. */
  pickOnly: (path: string) => void;
  selected: () => Iterable<string>;
  /** The selected images are dropped on a cluster. */
  drop: (cluster: number) => void;
}

/** Lets tiles inside an element be dragged onto its clusters; the one that would take them is marked. */
export function acceptDrops(element: HTMLElement, { isSelected, pickOnly, selected, drop }: DragActions): void {
  const mark = marker();
  let isDragging = false;
  element.addEventListener('dragstart', (event) => {
    const path = pathOf(event.target);
    if (path === undefined || !event.dataTransfer) return;
    if (!isSelected(path)) pickOnly(path);
    isDragging = true;
    event.dataTransfer.effectAllowed = 'move';
    event.dataTransfer.setData('text/plain', [...selected()].join('\n'));
  });
  element.addEventListener('dragover', (event) => {
    const section = sectionOf(event.target);
    // A list of images is shown like a cluster, but is none.
    if (!isDragging || !section || section.dataset['cluster'] === '0') return;
    event.preventDefault();
    mark(section);
  });
  element.addEventListener('dragleave', (event) => {
    if (!sectionOf(event.relatedTarget)) mark(null);
  });
  element.addEventListener('dragend', () => {
    isDragging = false;
    mark(null);
  });
  element.addEventListener('drop', (event) => {
    const section = sectionOf(event.target);
    if (!isDragging || !section) return;
    event.preventDefault();
    drop(Number(section.dataset['cluster']));
  });
}

function sectionOf(target: EventTarget | null): HTMLElement | null {
  return target instanceof Element ? target.closest<HTMLElement>('section.cluster') : null;
}

/** Marks one section at a time. */
function marker(): (section: HTMLElement | null) => void {
  let marked: HTMLElement | null = null;
  return (section) => {
    if (section === marked) return;
    marked?.classList.remove('drop-target');
    section?.classList.add('drop-target');
    marked = section;
  };
}
