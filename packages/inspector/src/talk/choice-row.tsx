import { useId } from 'react';

interface ChoiceRowProps<Value extends string> {
  readonly label: string;
  readonly choices: readonly { readonly value: Value; readonly label: string }[];
  readonly value: Value | null;
  readonly onChange: (value: Value) => void;
}

/** One choice out of a few, as a row of buttons; a radio group to keyboards and screen readers. */
export const ChoiceRow = <Value extends string>({
  label,
  choices,
  value,
  onChange,
}: ChoiceRowProps<Value>) => {
  const name = useId();
  return (
    <fieldset className="choice-row">
      <legend>{label}</legend>
      <div className="choice-row-options">
        {choices.map((choice) => (
          <label key={choice.value} className="choice">
            <input
              type="radio"
              name={name}
              value={choice.value}
              checked={choice.value === value}
              onChange={() => onChange(choice.value)}
            />
            <span>{choice.label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
};
