// The least that an Electron app can be: one window with an empty page.
const { app, BrowserWindow } = require('electron');

void app.whenReady().then(() => {
  const window = new BrowserWindow({ width: 1100, height: 720 });
  void window.loadFile('index.html');
});
