import { describe, expect, it } from 'vitest';
import {
  defaultSize,
  formatWindowState,
  parseWindowState,
  placeWindow,
  type Bounds,
} from '../../../../main/core/window/window-placement.ts';

const main: Bounds = { x: 0, y: 24, width: 1920, height: 1056 };
const right: Bounds = { x: 1920, y: 0, width: 2560, height: 1440 };

function saved(bounds: Bounds, maximized = false): { bounds: Bounds; maximized: boolean } {
  return { bounds, maximized };
}

describe('the window opens', () => {
  it('in its default size on the first start', () => {
    expect(placeWindow(null, [main])).toEqual({ ...defaultSize, maximized: false });
  });

  it('where it was', () => {
    const bounds = { x: 2000, y: 100, width: 1300, height: 900 };
    expect(placeWindow(saved(bounds), [main, right])).toEqual({ ...bounds, maximized: false });
  });

  it('maximized where it was', () => {
    const bounds = { x: 100, y: 100, width: 1300, height: 900 };
    expect(placeWindow(saved(bounds, true), [main])).toEqual({ ...bounds, maximized: true });
  });

  it.each([
    ['on a screen that is gone', { x: 2000, y: 100, width: 1300, height: 900 }],
    ['above the screen', { x: 100, y: -500, width: 1300, height: 900 }],
    ['with its upper edge under the panel', { x: 100, y: 10, width: 1300, height: 900 }],
    ['at the lower edge', { x: 100, y: 1060, width: 1300, height: 900 }],
    ['with only a sliver left', { x: 1850, y: 100, width: 1300, height: 900 }],
    ['off to the left', { x: -1250, y: 100, width: 1300, height: 900 }],
  ])('in a place of the system’s choice when it was %s', (_where, bounds) => {
    expect(placeWindow(saved(bounds), [main])).toEqual({ width: 1300, height: 900, maximized: false });
  });

  it('no larger than its screen and no smaller than it works', () => {
    const large = { x: 0, y: 24, width: 5000, height: 5000 };
    expect(placeWindow(saved(large), [main])).toMatchObject({ width: 1920, height: 1056 });
    const small = { x: 0, y: 24, width: 1, height: 1 };
    expect(placeWindow(saved(small), [main])).toMatchObject({ width: 800, height: 560 });
    const tiny = { x: 0, y: 0, width: 640, height: 480 };
    expect(placeWindow(saved(large), [tiny])).toMatchObject({ width: 800, height: 560 });
  });

  it('even when no screen is known', () => {
    expect(placeWindow(null, [])).toEqual({ ...defaultSize, maximized: false });
  });
});

describe('the remembered state', () => {
  it('is read as it was written', () => {
    const state = saved({ x: -5, y: 7, width: 900, height: 600 }, true);
    expect(parseWindowState(formatWindowState(state))).toEqual(state);
  });

  it.each([
    null,
    '',
    '{',
    'null',
    '[]',
    '{"bounds":null}',
    '{"bounds":{"x":1,"y":1,"width":900}}',
    '{"bounds":{"x":"1","y":1,"width":900,"height":600}}',
    '{"bounds":{"x":1e300,"y":1,"width":900,"height":600}}',
  ])('is forgotten when it is damaged: %j', (text) => {
    expect(parseWindowState(text)).toBeNull();
  });
});
