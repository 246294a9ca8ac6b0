// A new screen of a review begins at its title: the eye and the screen reader are taken there, not left at the button that was pressed.

export default function ({ data }) {
  const before = window.commonGroundScreen;
  window.commonGroundScreen = data;
  if (before === undefined || before === data) return;
  const title = document.querySelector("h1");
  document.querySelector("[data-testid=stMain]")?.scrollTo({ top: 0 });
  if (title === null) return;
  title.tabIndex = -1;
  title.focus({ preventScroll: true });
}
