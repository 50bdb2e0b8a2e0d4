// One line asked of the person: a reason, a name.

const by = (id) => document.getElementById(id);

// Resolves to what was typed, or null when the person went back.
export function ask(title, { value = "", among = [] } = {}) {
  const [dialog, input] = [by("asking"), by("asked")];
  by("asking-title").textContent = title;
  by("annotators").replaceChildren(...among.map((each) => new Option(each, each)));
  input.value = value;
  dialog.showModal();
  input.select();
  return new Promise((resolve) => {
    let told = null;
    const form = dialog.querySelector("form");
    form.onsubmit = (event) => {
      event.preventDefault();
      told = input.value.trim() || null;
      dialog.close();
    };
    by("not").onclick = () => dialog.close();
    dialog.onclose = () => resolve(told);
  });
}
