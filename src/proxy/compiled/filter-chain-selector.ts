import type { FilterChainMatch } from '#schema/envoy/config/listener/v3/listener_components_pb.js';
import type { Recorder } from '../../base/index.ts';
import { lowerAscii } from '../../core/match/index.ts';
import type { Findings } from '../../resources/index.ts';
import { refuseField } from '../refusals.ts';
import { DomainIndex } from '../route/domain-index.ts';
import type { CompiledFilterChain, ConnectionFacts } from './compiled-listener.ts';

/**
 * Chooses a connection's filter chain as Envoy does: the most specific server name first, then the transport protocol; a step once taken
 * is not taken back (Envoy: filter_chain_manager_impl.cc). Where nobody reads the hello all connections are plain ones to it.
 */
export class FilterChainSelector {
  readonly #byServerName = new DomainIndex<TransportTable>();
  readonly #anyServerName: TransportTable = [];
  readonly #default: CompiledFilterChain | null;
  readonly #readsHello: boolean;

  constructor(
    chains: readonly CompiledFilterChain[],
    defaultChain: CompiledFilterChain | null,
    readsHello: boolean,
    findings: Findings,
  ) {
    this.#default = defaultChain;
    this.#readsHello = readsHello;
    const tables = new Map<string, TransportTable>();
    for (const chain of chains) this.#add(chain, tables, findings);
    for (const [name, table] of tables) this.#byServerName.add(name, table);
  }

  select(connection: ConnectionFacts, recorder: Recorder | null): CompiledFilterChain | null {
    const chain = this.#find(this.#readsHello ? connection : UNREAD) ?? this.#default;
    if (recorder !== null) {
      recorder.open('filter chain', chain === null ? 'none matches' : chain.name, chain?.origin);
      recorder.note(describe(connection));
      if (connection.tls && !this.#readsHello)
        recorder.note('which no chain is chosen by, for the listener has no `tls_inspector`');
      recorder.close(chain === null ? 'deny' : 'ok', chain === null ? 'the connection is closed' : undefined);
    }
    return chain;
  }

  #find(connection: ConnectionFacts): CompiledFilterChain | null {
    const named = connection.serverName === '' ? null : this.#byServerName.find(connection.serverName);
    const table = named ?? this.#anyServerName;
    const transport = connection.tls ? 'tls' : 'raw_buffer';
    const ofTransport = table.filter((row) => row.transport === transport);
    const rows = ofTransport.length > 0 ? ofTransport : table.filter((row) => row.transport === '');
    return rows[0]?.chain ?? null;
  }

  #add(chain: CompiledFilterChain, tables: Map<string, TransportTable>, findings: Findings): void {
    const match = chain.origin.filterChainMatch;
    const row = { transport: match?.transportProtocol ?? '', chain };
    if (match !== undefined && refusesOtherConditions(match, findings)) return;
    const names = (match?.serverNames ?? []).map(lowerAscii);
    if (names.length === 0) addRow(this.#anyServerName, row, findings);
    for (const name of names) {
      const table = tables.get(name) ?? [];
      tables.set(name, table);
      addRow(table, row, findings);
    }
  }
}

const UNREAD: ConnectionFacts = { serverName: '', tls: false };

interface TransportRow {
  transport: string;
  chain: CompiledFilterChain;
}

type TransportTable = TransportRow[];

function addRow(table: TransportTable, row: TransportRow, findings: Findings): void {
  if (table.some(({ transport }) => transport === row.transport)) {
    findings.report({
      code: 'E206',
      severity: 'error',
      message: `filter chain \`${row.chain.name}\` has the same matching rules as an earlier one`,
      envoy: 'refuses',
      about: row.chain.origin,
    });
  }
  table.push(row);
}

/** Conditions that are not tested here would widen the chain, so they are refused. @returns whether there are any */
function refusesOtherConditions(match: FilterChainMatch, findings: Findings): boolean {
  const fields: [string, boolean][] = [
    // What a client offers in its hello is not known when the certificate is chosen.
    ['application_protocols', match.applicationProtocols.length > 0],
    ['destination_port', match.destinationPort !== undefined],
    ['prefix_ranges', match.prefixRanges.length > 0],
    ['direct_source_prefix_ranges', match.directSourcePrefixRanges.length > 0],
    ['source_type', match.sourceType !== 0],
    ['source_prefix_ranges', match.sourcePrefixRanges.length > 0],
    ['source_ports', match.sourcePorts.length > 0],
  ];
  const used = fields.filter(([, isSet]) => isSet);
  for (const [field] of used) refuseField(findings, match, field);
  return used.length > 0;
}

function describe({ serverName, tls }: ConnectionFacts): string {
  return `${tls ? 'TLS' : 'plain text'}${serverName === '' ? '' : `, server name "${serverName}"`}`;
}
