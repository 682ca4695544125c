// The chain of diagrams above the drawing: from the letter's own process to the called one at work.

export class Chain {
  /** `list`: the <ol>, absent where nothing is called; `look` is told the call whose diagram is wished. */
  constructor(list, look) {
    this.list = list;
    this.look = look;
    this.calls = [];
  }

  /** `parts`: {call, title, undrawn}, the outermost first; `drawn`: the call of the diagram that is shown. */
  show(parts, drawn) {
    if (!this.list) return;
    this.calls = parts.map(({ call }) => call);
    // Buttons that stay are not made anew: whoever pressed one keeps the focus on it.
    while (this.list.children.length > parts.length) this.list.lastElementChild.remove();
    while (this.list.children.length < parts.length) this.list.append(document.createElement('li'));
    parts.forEach((part, i) => this.#write(this.list.children[i], part, drawn, i));
  }

  #write(item, { call, title, undrawn }, drawn, i) {
    const button = item.firstElementChild ?? item.appendChild(document.createElement('button'));
    button.type = 'button';
    button.onclick = () => this.look(this.calls[i]);
    if (button.textContent !== title) button.textContent = title;
    button.disabled = undrawn;
    if (call === drawn) button.setAttribute('aria-current', 'true');
    else button.removeAttribute('aria-current');
  }
}
