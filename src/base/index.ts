export { decodeBase64url, encodeBase64url } from './base64url.ts';
export { type Clock, ManualClock } from './clock.ts';
export { isCredentialName } from './credential-name.ts';
export { type Logger, silentLogger } from './logger.ts';
export { parseInteger } from './parse-integer.ts';
export { parseNumber } from './parse-number.ts';
export { type Recorder, type Step, type StepVerdict, TreeRecorder } from './recorder.ts';
