// A dialog that the server sends open is a question in the way of all else, as when a button opens it.
for (const dialog of document.querySelectorAll('dialog[open]')) {
  dialog.close();
  // Where the focus goes when it is closed.
  document.querySelector(`[commandfor="${dialog.id}"]`)?.focus();
  dialog.showModal();
}

// Browsers that do not know the commands of buttons yet.
if (!('commandForElement' in HTMLButtonElement.prototype)) {
  document.addEventListener('click', ({ target }) => {
    const button = target.closest('button[commandfor]');
    if (button === null) return;
    const dialog = document.getElementById(button.getAttribute('commandfor'));
    if (button.getAttribute('command') === 'close') dialog.close();
    else dialog.showModal();
  });
}

// The name to type before something is lost: the server looks again.
document.addEventListener('input', ({ target }) => {
  const { mustBe } = target.dataset;
  if (mustBe === undefined) return;
  target.setCustomValidity(target.value.trim() === mustBe ? '' : `Type “${mustBe}” as it is written above.`);
});
