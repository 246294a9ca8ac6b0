// With picture.js before it, one script for a page.
// Copies the address of the page, in which every choice stands; where the browser does not allow that, shows it to be copied by hand.

export default function ({ parentElement }) {
  const root = document.createElement("p");
  root.className = "cg-take";
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Copy link to this view";
  const said = document.createElement("span");
  said.setAttribute("role", "status");
  const field = document.createElement("input");
  field.readOnly = true;
  field.hidden = true;
  field.setAttribute("aria-label", "Link to this view");
  button.addEventListener("click", async () => {
    said.textContent = "";
    try {
      await navigator.clipboard.writeText(window.location.href);
      field.hidden = true;
      said.textContent = "Link copied";
    } catch {
      field.value = window.location.href;
      field.hidden = false;
      field.focus();
      field.select();
      said.textContent = "This browser does not let pages copy. Copy the link from the field.";
    }
  });
  root.append(button, said, field);
  parentElement.querySelector(".cg-take")?.remove();
  parentElement.append(root);
  // For every chart of the page, also of one that is drawn later. To add it again changes nothing.
  document.addEventListener("click", pressed);
  return () => {
    document.removeEventListener("click", pressed);
    root.remove();
  };
}
