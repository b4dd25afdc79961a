import { Check } from 'lucide-react';
import { useId, type ReactNode } from 'react';
import { contextColours, type ContextColour } from '../../../contracts/domain/context-colours.ts';
import { hueStyle } from './context-hue.ts';
import css from './context-sheet.module.css';

interface ColourPickerProps {
  value: ContextColour;
  onChange: (colour: ContextColour) => void;
}

/** The fixed colours, one to choose: plain radio buttons under their swatches, so that the keyboard works. */
export function ColourPicker({ value, onChange }: ColourPickerProps): ReactNode {
  const group = useId();
  return (
    <fieldset className={css['colours']}>
      <legend className={css['legend']}>Colour</legend>
      <div className={css['swatches']}>
        {contextColours.map((colour) => (
          <label key={colour} className={css['choice']} title={nameOf(colour)}>
            <input
              type="radio"
              className={css['radio']}
              name={group}
              value={colour}
              checked={colour === value}
              aria-label={nameOf(colour)}
              onChange={() => onChange(colour)}
            />
            <span className={css['swatch']} style={hueStyle(colour)} aria-hidden="true">
              <Check />
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function nameOf(colour: ContextColour): string {
  return colour.charAt(0).toUpperCase() + colour.slice(1);
}
