/** A rectangle on the desktop, in device-independent pixels. */
export interface Bounds {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface WindowState {
  bounds: Bounds;
  maximized: boolean;
}

/** Where a window is opened. Without `x` and `y` the system chooses the place. */
export interface Placement {
  x?: number;
  y?: number;
  width: number;
  height: number;
  maximized: boolean;
}

export const minimumSize = { width: 800, height: 560 } as const;
export const defaultSize = { width: 1100, height: 720 } as const;

/** This much of the window's upper edge must be on a screen, so that it can be taken hold of. */
const reachable = { width: 120, height: 32 } as const;

const names = ['x', 'y', 'width', 'height'] as const;
/** No desktop is larger; beyond it lie only damaged files. */
const largest = 100_000;

/** Reads what `formatWindowState` wrote; null for anything else. Without schemas: the window waits for it. */
export function parseWindowState(text: string | null): WindowState | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text ?? '');
  } catch {
    return null;
  }
  const found = parsed as { bounds?: Record<string, unknown>; maximized?: unknown } | null;
  const [x, y, width, height] = names.map((name) => found?.bounds?.[name]);
  if (!isLength(x) || !isLength(y) || !isLength(width) || !isLength(height)) return null;
  return { bounds: { x, y, width, height }, maximized: found?.maximized === true };
}

export function formatWindowState(state: WindowState): string {
  return `${JSON.stringify(state)}\n`;
}

/**
 * Where to open the window: where it was, if that is still on a screen; else as large as it was, or as the
 * screen allows, in a place of the system's choice.
 *
 * @param saved null on the first start
 * @param workAreas of the screens that are there now, the main one first
 */
export function placeWindow(saved: WindowState | null, workAreas: readonly Bounds[]): Placement {
  if (saved === null) return { ...fit(defaultSize, workAreas[0]), maximized: false };
  const { bounds, maximized } = saved;
  const screen = workAreas.find((area) => isReachable(bounds, area));
  const size = fit(bounds, screen ?? workAreas[0]);
  return screen === undefined
    ? { ...size, maximized }
    : { x: Math.round(bounds.x), y: Math.round(bounds.y), ...size, maximized };
}

/** A size between the window's least and the screen's; the least wins where the screen is smaller still. */
function fit(
  size: { width: number; height: number },
  area: Bounds | undefined,
): Omit<Placement, 'maximized'> {
  const side = (name: 'width' | 'height'): number =>
    Math.max(minimumSize[name], Math.min(Math.round(size[name]), area?.[name] ?? Infinity));
  return { width: side('width'), height: side('height') };
}

function isReachable(bounds: Bounds, area: Bounds): boolean {
  const across = Math.min(bounds.x + bounds.width, area.x + area.width) - Math.max(bounds.x, area.x);
  const topIsOn = bounds.y >= area.y && bounds.y + reachable.height <= area.y + area.height;
  return topIsOn && across >= reachable.width;
}

function isLength(value: unknown): value is number {
  return typeof value === 'number' && Math.abs(value) <= largest;
}
