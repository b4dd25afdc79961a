// A dialog that the server sends open is a question in the way of all else, as when a button opens it.
for (const dialog of document.querySelectorAll('dialog[open]')) {
  dialog.close();
  dialog.showModal();
}

// Browsers that do not know the commands of buttons yet.
if (!('commandForElement' in HTMLButtonElement.prototype)) {
  for (const button of document.querySelectorAll('button[commandfor]')) {
    const dialog = document.getElementById(button.getAttribute('commandfor'));
    button.addEventListener('click', () => {
      if (button.getAttribute('command') === 'close') dialog.close();
      else dialog.showModal();
    });
  }
}

// The name to type before something is lost: the server looks again.
for (const field of document.querySelectorAll('input[data-must-be]')) {
  field.addEventListener('input', () => {
    const same = field.value.trim() === field.dataset.mustBe;
    field.setCustomValidity(same ? '' : `Type “${field.dataset.mustBe}” as it is written above.`);
  });
}
