/** Where things lie on the map, and how marks and names keep out of each other's way. All in CSS pixels of the map. */
import { landNorth, landRows, landStep, landWest } from './world-land.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Height by width. */
export const mapAspect =
  (landRows.length * landStep.latitude) / 360 / (landStep.latitude / landStep.longitude);

/** A mark and its surroundings: big enough to be hit by a finger, and marks do not overlap. */
export const markReach = 26;
const labelHeight = 16;
/** Of a name, per character at 12 pixels, and beside its mark. A little more than measured. */
const characterWidth = 6.7;
const labelGap = 3;
/** Names may stand out of the map's upper edge by this: there is air. */
const labelOverTop = 8;

/** 0 to 1 from the left, 0 to 1 from the top. */
export function mapPoint(longitude: number, latitude: number): Point {
  const east = (((longitude - landWest) % 360) + 360) % 360;
  return { x: east / 360, y: (landNorth - latitude) / (landRows.length * landStep.latitude) };
}

/**
 * Points moved apart until none is nearer to another than `markReach`, each as little as may be, within the map. The
 * same points always come to rest at the same places.
 */
export function spread(points: readonly Point[], width: number, height: number): Point[] {
  const moved = points.map((point) => ({ ...point }));
  const margin = markReach / 2;
  for (let round = 0; round < 80; round++) {
    let isAtRest = true;
    moved.forEach((a, i) => {
      for (const b of moved.slice(i + 1)) {
        const [dx, dy] = [b.x - a.x, b.y - a.y];
        const distance = Math.hypot(dx, dy);
        if (distance >= markReach) continue;
        isAtRest = false;
        const push = (markReach - distance) / 2 + 0.1;
        // Two in one place part sideways.
        const [ux, uy] = distance < 0.01 ? [1, 0] : [dx / distance, dy / distance];
        a.x -= ux * push;
        a.y -= uy * push;
        b.x += ux * push;
        b.y += uy * push;
      }
    });
    for (const point of moved) {
      point.x = Math.min(width - margin, Math.max(margin, point.x));
      point.y = Math.min(height - margin, Math.max(margin, point.y));
    }
    if (isAtRest) break;
  }
  return moved;
}

export type LabelSide = 'right' | 'left' | 'above' | 'below';

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** On which side of its mark each name fits; null where it fits on none. Names come first that stand first. */
export function labelSides(
  marks: readonly { readonly at: Point; readonly size: number; readonly text: string }[],
  width: number,
  height: number,
): (LabelSide | null)[] {
  const taken: Box[] = marks.map(({ at, size }) => around(at, size, size));
  return marks.map(({ at, size, text }, own) => {
    for (const side of ['right', 'left', 'below', 'above'] as const) {
      const box = labelBox(at, size, text, side);
      const isInside =
        box.left >= 0 && box.right <= width && box.top >= -labelOverTop && box.bottom <= height;
      if (!isInside || taken.some((other, i) => i !== own && overlap(box, other))) continue;
      taken.push(box);
      return side;
    }
    return null;
  });
}

function labelBox(at: Point, size: number, text: string, side: LabelSide): Box {
  const length = text.length * characterWidth;
  const sideways = (size + length) / 2 + labelGap;
  const upright = (size + labelHeight) / 2;
  const centre = {
    right: { x: at.x + sideways, y: at.y },
    left: { x: at.x - sideways, y: at.y },
    below: { x: at.x, y: at.y + upright },
    above: { x: at.x, y: at.y - upright },
  }[side];
  return around(centre, length, labelHeight);
}

function around({ x, y }: Point, width: number, height: number): Box {
  return { left: x - width / 2, right: x + width / 2, top: y - height / 2, bottom: y + height / 2 };
}

function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
