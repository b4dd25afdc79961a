import type { ReactNode } from 'react';

const cells = 5;
const half = 3;

/** The bytes of a fingerprint `SHA256:…` (unpadded base64, RFC 4648 section 4); empty when it is not one. */
function bytesOf(fingerprint: string): number[] {
  try {
    return Array.from(atob(fingerprint.slice(fingerprint.indexOf(':') + 1)), (character) =>
      character.charCodeAt(0),
    );
  } catch {
    return [];
  }
}

/** Which cells of the left half and the middle are filled, one bit of the fingerprint each. */
function filledCells(bytes: readonly number[]): [number, number][] {
  const filled: [number, number][] = [];
  for (let index = 0; index < cells * half; index += 1) {
    const bit = ((bytes[1 + (index >> 3)] ?? 0) >> (index & 7)) & 1;
    if (bit === 1) filled.push([index % half, Math.floor(index / half)]);
  }
  return filled;
}

/**
 * A small picture that is always the same for the same key, so that a changed key catches the eye. It helps
 * to recognise a key and proves nothing: the fingerprint beside it does.
 */
export function Identicon({ fingerprint, size = 24 }: { fingerprint: string; size?: number }): ReactNode {
  const bytes = bytesOf(fingerprint);
  const hue = Math.round(((bytes[0] ?? 0) / 256) * 360);
  const squares = filledCells(bytes).flatMap(([x, y]) =>
    x === half - 1
      ? [[x, y]]
      : [
          [x, y],
          [cells - 1 - x, y],
        ],
  );
  return (
    <svg width={size} height={size} viewBox="-1 -1 7 7" aria-hidden="true" shapeRendering="crispEdges">
      <rect x={-1} y={-1} width={7} height={7} fill="var(--kh-hover)" />
      {squares.map(([x, y]) => (
        <rect
          key={`${String(x)},${String(y)}`}
          x={x}
          y={y}
          width={1}
          height={1}
          fill={`light-dark(oklch(0.5 0.15 ${String(hue)}), oklch(0.75 0.13 ${String(hue)}))`}
        />
      ))}
    </svg>
  );
}
