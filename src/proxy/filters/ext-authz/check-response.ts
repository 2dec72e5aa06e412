import { fromBinary, type JsonObject } from '@bufbuild/protobuf';
import {
  HeaderValueOption_HeaderAppendAction as AppendAction,
  type HeaderValueOption,
} from '#schema/envoy/config/core/v3/base_pb.js';
import {
  type CheckResponse,
  CheckResponseSchema,
  type DeniedHttpResponse,
  type OkHttpResponse,
} from '#schema/envoy/service/auth/v3/external_auth_pb.js';
import { lowerAscii, toByteString } from '../../../core/match/index.ts';
import { judgeField } from '../../http/judge-field.ts';
import type { MetadataValue } from '../filter.ts';
import {
  type Answer,
  type Changes,
  type ClientChanges,
  isOfConnection,
  type Line,
  NO_CLIENT_CHANGES,
  type OwnReply,
} from './answer.ts';

const FORBIDDEN = 403;

/** Reads what the service said (Envoy: ext_authz_grpc_impl.cc). What is no CheckResponse is an error. */
export function readCheckResponse(bytes: Uint8Array): Answer {
  let response: CheckResponse;
  try {
    response = fromBinary(CheckResponseSchema, bytes);
  } catch (error) {
    return { kind: 'error', why: error instanceof Error ? error.message : String(error) };
  }
  const { httpResponse } = response;
  const said = httpResponse.case;
  if ((response.status?.code ?? 0) === 0) {
    return allowed(said === 'okResponse' ? httpResponse.value : null, metadataOf(response));
  }
  if (said === 'errorResponse') return failed(httpResponse.value, metadataOf(response));
  return denied(said === 'deniedResponse' ? httpResponse.value : null, metadataOf(response));
}

/** The older place counts before the newer one. */
function metadataOf({ httpResponse, dynamicMetadata }: CheckResponse): [string, MetadataValue][] {
  const older = httpResponse.case === 'okResponse' ? httpResponse.value.dynamicMetadata : undefined;
  const entries: JsonObject = older ?? dynamicMetadata ?? {};
  return Object.entries(entries);
}

function allowed(ok: OkHttpResponse | null, metadata: [string, MetadataValue][]): Answer {
  return { kind: 'allowed', changes: ok === null ? NO_CHANGES : changesOf(ok), metadata };
}

const NO_CHANGES: Changes = {
  set: [],
  add: [],
  append: [],
  remove: [],
  query: { set: [], remove: [] },
  client: NO_CLIENT_CHANGES,
};

/** For the request the old `append` alone says what is done; `append_action` is for the client's headers. */
function changesOf(ok: OkHttpResponse): Changes {
  return {
    set: linesOf(ok.headers.filter((option) => !option.append)),
    add: [],
    append: linesOf(ok.headers.filter(({ append }) => append)),
    remove: ok.headersToRemove.map(lowerAscii),
    query: {
      set: ok.queryParametersToSet.map(({ key, value }): Line => [toByteString(key), toByteString(value)]),
      remove: ok.queryParametersToRemove.map(toByteString),
    },
    client: clientChangesOf(ok.responseHeadersToAdd),
  };
}

function clientChangesOf(options: readonly HeaderValueOption[]): ClientChanges {
  const withAction = (wanted: AppendAction) =>
    clientLines(options.filter((option) => actionOf(option) === wanted));
  return {
    add: withAction(AppendAction.APPEND_IF_EXISTS_OR_ADD),
    set: withAction(AppendAction.OVERWRITE_IF_EXISTS_OR_ADD),
    addIfAbsent: withAction(AppendAction.ADD_IF_ABSENT),
    setIfThere: withAction(AppendAction.OVERWRITE_IF_EXISTS),
  };
}

function actionOf({ append, appendAction }: HeaderValueOption): AppendAction {
  if (append === undefined) return appendAction;
  return append ? AppendAction.APPEND_IF_EXISTS_OR_ADD : AppendAction.OVERWRITE_IF_EXISTS_OR_ADD;
}

function linesOf(options: readonly HeaderValueOption[]): Line[] {
  return options.map(({ header }) => [lowerAscii(header?.key ?? ''), toByteString(header?.value ?? '')]);
}

/** A refusal tells the client no header with the old `append`; a failure tells it such ones last. */
function denied(response: DeniedHttpResponse | null, metadata: [string, MetadataValue][]): Answer {
  const headers = response?.headers.filter(({ append }) => append !== true) ?? [];
  return { kind: 'denied', reply: replyOf(response, headers, FORBIDDEN), metadata };
}

function failed(response: DeniedHttpResponse, metadata: [string, MetadataValue][]): Answer {
  const last = response.headers.filter(({ append }) => append === true);
  const first = response.headers.filter(({ append }) => append !== true);
  const reply = replyOf(response, [...first, ...last], 0);
  return { kind: 'error', why: 'it says that it could not decide', reply, metadata };
}

/** A status that no final answer can have is taken for none. */
function replyOf(
  response: DeniedHttpResponse | null,
  headers: readonly HeaderValueOption[],
  byDefault: number,
): OwnReply {
  const status: number = response?.status?.code ?? 0;
  return {
    status: status >= 200 && status <= 999 ? status : byDefault,
    headers: clientLines(headers),
    body: toByteString(response?.body ?? ''),
  };
}

/** What a client can be told: a line that could be taken for two is told to nobody. */
const clientLines = (options: readonly HeaderValueOption[]) =>
  linesOf(options).filter(([name, value]) => !isOfConnection(name) && judgeField(name, value) === null);
