/* Opens the native dialog that a control names with data-dialog="id", and closes it again. Without
   scripts the control is a link to a page that asks the same question. */

document.addEventListener("click", function (event) {
  const opener = event.target.closest("[data-dialog]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset.dialog);
    if (!dialog || !dialog.showModal) return;
    event.preventDefault();
    dialog.showModal();
    return;
  }
  const closer = event.target.closest("dialog [data-close]");
  if (closer) {
    event.preventDefault();
    closer.closest("dialog").close();
    return;
  }
  /* A click on the dimmed page around the dialog. */
  if (event.target instanceof HTMLDialogElement) event.target.close();
});
