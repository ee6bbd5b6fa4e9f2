import {
  type CharacterId,
  type FaceBackground,
  type FaceFraming,
  characters,
  isCharacterId,
} from '@tth/face';
import type { WireControlPatch } from '@tth/protocol';

/** Who is drawn, and how. */
export interface Look {
  readonly character: CharacterId;
  readonly framing: FaceFraming;
  readonly background: FaceBackground;
  /** A badge says that the person is synthetic. */
  readonly badge: boolean;
}

export const firstLook: Look = {
  character: Object.keys(characters)[0] as CharacterId,
  framing: 'bust',
  background: 'studio',
  badge: false,
};

/** Names that are no character of ours (a cloud avatar's id, say) change nothing. */
export const withIdentity = (look: Look, identity: string | undefined): Look =>
  identity !== undefined && isCharacterId(identity) ? { ...look, character: identity } : look;

/** What the server says of the picture: who it is, and whether a badge has to mark it. */
export const withFormat = (
  look: Look,
  { character, badge = false }: { character?: string | undefined; badge?: boolean | undefined },
): Look => withIdentity({ ...look, badge }, character);

/** What the controls ask of the picture; the face has no full figure, `half` is the widest. */
export const withControls = (look: Look, { render = {} }: WireControlPatch): Look => {
  const { framing = look.framing, background, identity } = render;
  return withIdentity(
    {
      ...look,
      framing: framing === 'full' ? 'half' : framing,
      background: background === undefined ? look.background : backgroundOf(background),
    },
    identity,
  );
};

const backgroundOf = (name: string): FaceBackground =>
  name === 'studio' || name === 'transparent' || name === 'greenscreen' ? name : { color: name };
