// The page's form controls. The toolkit that draws most of them is known to this file only, so that it can be exchanged.
import {
  provideVSCodeDesignSystem,
  vsCodeButton,
  vsCodeCheckbox,
  vsCodeProgressRing,
  vsCodeTextField,
  type Button,
  type Checkbox,
  type TextField,
} from '@vscode/webview-ui-toolkit';
import { h, icon } from './dom';

/** Defines the custom elements; once, before any of them is made. */
export function registerControls(): void {
  provideVSCodeDesignSystem().register(vsCodeButton(), vsCodeCheckbox(), vsCodeProgressRing(), vsCodeTextField());
}

/** A button with a text. */
export function button(label: string, onClick: () => void, appearance: 'primary' | 'secondary' = 'primary'): Button {
  const element = document.createElement('vscode-button') as Button;
  element.setAttribute('appearance', appearance);
  element.append(label);
  element.addEventListener('click', onClick);
  return element;
}

/** A button with a cross. @param label says what it does, to screen readers and as its tooltip */
export function closeButton(label: string, onClick: () => void): Button {
  const element = document.createElement('vscode-button') as Button;
  element.setAttribute('aria-label', label);
  element.setAttribute('appearance', 'icon');
  element.title = label;
  element.append(icon('close'));
  element.addEventListener('click', onClick);
  return element;
}

/** Its `checked` can be set. */
export function checkbox(
  label: string,
  checked: boolean,
  onChange: (checked: boolean) => void,
): HTMLElement & { checked: boolean } {
  const element = document.createElement('vscode-checkbox') as Checkbox;
  element.append(label);
  element.checked = checked;
  element.addEventListener('change', () => onChange(element.checked));
  return element;
}

/** A button with an icon. @param label says what it does, to screen readers and as its tooltip */
export function iconButton(label: string, name: Parameters<typeof icon>[0], onClick: () => void): HTMLElement {
  const element = h('button', { class: 'icon-button', type: 'button', 'aria-label': label, title: label }, icon(name));
  element.addEventListener('click', onClick);
  return element;
}

/** A spinning ring with words beside it: without motion the words remain. */
export function progress(label: string): HTMLElement {
  const ring = document.createElement('vscode-progress-ring');
  // The toolkit makes it an alert of its own when it is inserted; the words speak for it.
  const wrapper = h('span', { class: 'progress', role: 'status' }, h('span', { 'aria-hidden': 'true' }, ring), label);
  return wrapper;
}

/**
 * A field for one line of text. Enter and leaving it commit, Escape cancels; either happens once.
 * The caller puts it into the page and then calls `start`.
 */
export class InlineTextField {
  readonly element = document.createElement('vscode-text-field') as TextField;
  #done = false;

  constructor(
    readonly label: string,
    text: string,
    /** The text, or undefined when it was cancelled; `left` when the focus has gone elsewhere already. */
    readonly onDone: (text: string | undefined, left: boolean) => void,
  ) {
    this.element.value = text;
    this.element.addEventListener('keydown', (event) => {
      event.stopPropagation();
      if (event.isComposing) return;
      if (event.key !== 'Enter' && event.key !== 'Escape') return;
      // Or the key would go on to press the button that gets the focus back.
      event.preventDefault();
      this.#finish(event.key === 'Enter' ? this.element.value : undefined, false);
    });
    this.element.addEventListener('focusout', () => {
      // Another window coming to the front is not a decision.
      if (document.hasFocus()) this.#finish(this.element.value, true);
    });
  }

  /** Focuses the field with its text selected. */
  start(): void {
    // The toolkit overwrites the name while the element is inserted.
    this.element.setAttribute('aria-label', this.label);
    // It would get its text a moment later, too late to select it.
    this.element.control.value = this.element.value;
    this.element.focus();
    this.element.control.select();
  }

  #finish(text: string | undefined, left: boolean): void {
    if (this.#done) return;
    this.#done = true;
    this.onDone(text, left);
  }
}

export interface RangeOptions {
  label: string;
  min: number;
  max: number;
  step: number;
  value: number;
  /** What a screen reader says for a value. */
  describe: (value: number) => string;
  /** Whether the value stands beside the slider. */
  showsValue?: boolean;
  onInput: (value: number) => void;
  /** Once, when the person lets go. */
  onChange?: (value: number) => void;
}

/** A native slider; the toolkit has none. */
export function range({
  label,
  min,
  max,
  step,
  value,
  describe,
  showsValue = false,
  onInput,
  onChange,
}: RangeOptions): HTMLElement {
  const input = h('input', { type: 'range', min, max, step, value, 'aria-valuetext': describe(value) });
  const shown = showsValue ? h('output', {}, String(value)) : null;
  input.addEventListener('input', () => {
    input.setAttribute('aria-valuetext', describe(input.valueAsNumber));
    if (shown) shown.textContent = String(input.valueAsNumber);
    onInput(input.valueAsNumber);
  });
  if (onChange) input.addEventListener('change', () => onChange(input.valueAsNumber));
  return h('label', { class: 'range' }, h('span', {}, label), input, shown);
}

/** A field whose text filters while it is typed. */
export function searchField(label: string, onInput: (text: string) => void): { element: HTMLElement; clear(): void } {
  const input = h('input', { type: 'search', placeholder: label, 'aria-label': label, spellcheck: 'false' });
  input.addEventListener('input', () => onInput(input.value));
  const element = h('span', { class: 'search-field' }, icon('search'), input);
  return { element, clear: () => (input.value = '') };
}

export interface Choice<Value extends string> {
  value: Value;
  label: string;
  /** Choices of one group stand below its name; those without come first. */
  group?: string;
}

/** A native drop-down list: it opens outside the page's bounds and is known to every screen reader. */
export function choiceList<Value extends string>(
  label: string,
  choices: readonly Choice<Value>[],
  value: Value,
  onChange: (value: Value) => void,
): { element: HTMLElement; select: HTMLSelectElement } {
  const optionsOf = (group: string | undefined) =>
    choices.filter((choice) => choice.group === group).map(({ value, label }) => h('option', { value }, label));
  const groups = [...new Set(choices.flatMap(({ group }) => group ?? []))];
  const select = h(
    'select',
    {},
    ...optionsOf(undefined),
    ...groups.map((group) => h('optgroup', { label: group }, ...optionsOf(group))),
  );
  select.value = value;
  select.addEventListener('change', () => onChange(select.value as Value));
  return { element: h('label', { class: 'choice' }, h('span', { class: 'visually-hidden' }, label), select), select };
}

/** A button that stays pressed. */
export function toggleButton(label: string, pressed: boolean, onChange: (pressed: boolean) => void): HTMLButtonElement {
  const element = h('button', { class: 'toggle', type: 'button', 'aria-pressed': String(pressed) }, label);
  element.addEventListener('click', () => onChange(element.getAttribute('aria-pressed') !== 'true'));
  return element;
}
