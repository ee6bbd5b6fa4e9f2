export { protocolVersion, subprotocol, supportedVersions, versionHistory } from './version.ts';
export { closeCodes, mayReconnect, type CloseReason } from './close-codes.ts';
export { errorCode, errorCodes, wireError, type WireError, type WireErrorCode } from './errors.ts';
export {
  characterControl,
  controlPatch,
  emotionControl,
  emotionLabel,
  looseControls,
  looseValue,
  renderControl,
  turnAlignment,
  type LooseControls,
  type WireControlPatch,
} from './controls.ts';
export {
  accepts,
  audioCodec,
  clientMessage,
  maxMessageBytes,
  maxTextLength,
  sessionRequest,
  videoCodec,
  type Accepts,
  type ClientMessage,
  type ClientMessageInput,
  type ClientMessageOf,
  type SessionRequest,
} from './client-message.ts';
export {
  controlOutcome,
  generateQuery,
  generateRequest,
  modelRow,
  pictureFormat,
  serverMessage,
  sessionCreatedResponse,
  type GenerateRequest,
  type ServerMessage,
  type ServerMessageOf,
  type SessionCreatedResponse,
} from './server-message.ts';
export {
  MediaFrameError,
  decodeMediaFrame,
  encodeMediaFrame,
  mediaCodecs,
  mediaFrameVersion,
  mediaHeaderBytes,
  opusPreSkipSamples,
  mediaKinds,
  type MediaCodec,
  type MediaFrame,
  type MediaKind,
} from './media-frame.ts';
export {
  actorRow,
  inspectMessage,
  inspectRecord,
  type ActorRow,
  type ChartState,
  type InspectMessage,
  type InspectRecord,
} from './inspect-message.ts';
