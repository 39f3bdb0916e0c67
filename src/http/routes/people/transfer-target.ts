/**
 * A wearer handed over to another force or division: proposed by who has the wearer, accepted or refused by who would. Scope follows the
 * acceptance alone: until then the giving side has the wearer, and the receiving one is told of what waits for it.
 */
import { Check, Errors } from 'typebox/value';
import { mayDo, maySee } from '../../../access/may.js';
import type { WearerContent } from '../../../records/kinds/wearer.js';
import type { RecordPut } from '../../../records/write-records.js';
import { type ProblemInput, toFieldErrors } from '../../plugins/problems.js';
import { PUBLISH_WAIT_MS, type RecordDeps } from '../records/record-routes.js';
import { untilScopesKnown } from '../records/write-scope.js';
import { carryOutRecords, NOT_INCLUDED, toWrite } from './carry-out-records.js';
import type { ProposalTarget } from './proposal-targets.js';
import { TransferBody, toTransferScope } from './transfer-body.js';

const HERE: ProblemInput = {
  status: 422,
  errors: [{ pointer: '/body/force', detail: 'is where this wearer is already' }],
};
const NOT_THERE: ProblemInput = {
  status: 403,
  detail: 'It is accepted by who writes records where this wearer goes.',
};

const placeOf = ({ force, division, schemes = [] }: Pick<WearerContent, 'force' | 'division' | 'schemes'>): string =>
  JSON.stringify([force, division, [...schemes].sort()]);

export function transferTarget(deps: RecordDeps): ProposalTarget {
  const { db, store } = deps;
  const findStanding = async (wearerId: string) => (await store.find(db, 'wearer', [wearerId])).get(wearerId);

  return {
    async readStanding({ targetId, decision }) {
      // Of whom they would not have, or were not given, nobody is told how they stand.
      if (decision !== null && decision.decision !== 'approved') return [];
      const standing = await findStanding(targetId);
      if (standing === undefined) return [];
      // Whose, and where: who is to accept it is told whom they would have, and no more.
      const { name, force, division, schemes } = standing.content as WearerContent;
      return [{ kind: 'transfer', id: targetId, body: { name, force, division, schemes } }];
    },

    async judge({ principal, findWearer, note }, { id, body }) {
      if (!mayDo(principal, 'records.write')) return { problem: NOT_INCLUDED };
      const standing = await findStanding(id);
      if (standing === undefined || !maySee(principal, 'records.write', findWearer(id))) {
        note({ hidden: standing === undefined ? [] : [id] });
        return { problem: { status: 404, detail: `There is no wearer ${id}.` } };
      }
      note({ wearerIds: [id] });
      if (!Check(TransferBody, body)) {
        const errors = toFieldErrors([...Errors(TransferBody, body)]);
        return { problem: { status: 422, errors: errors.map((one) => ({ ...one, pointer: `/body${one.pointer}` })) } };
      }
      if (placeOf(body) === placeOf(standing.content as WearerContent)) return { problem: HERE };
      return { standingVersion: standing.version, aboutWearerId: id, refersTo: [] };
    },

    async carryOut(asker, proposal, agree) {
      const { targetId, body, standingVersion } = proposal;
      const to = toTransferScope(body);
      const standing = await findStanding(targetId);
      if (to === null || standing === undefined)
        return { status: 422, detail: 'This transfer is none of this program.' };
      const { force: _, division: __, schemes: ___, ...kept } = standing.content as WearerContent;
      const content: WearerContent = { ...kept, ...(body as TransferBody) };
      const put: RecordPut = {
        kind: 'wearer',
        id: targetId,
        said: { content, effectiveAt: null },
        changeReason: null,
        precondition: null,
        given: {},
      };
      const { principal, findWearer } = asker;
      const mayAccept = (): ProblemInput | null => {
        const wearer = findWearer(targetId);
        const isTheirs = wearer !== undefined && maySee(principal, 'records.write', { ...wearer, ...to });
        return isTheirs ? null : NOT_THERE;
      };
      const writes = [toWrite(put)];
      const agreed = { puts: [put], standingVersions: [standingVersion], writes, judge: mayAccept };
      const problem = await carryOutRecords(deps, asker, proposal, agreed, agree);
      // Whoever has accepted reads the wearer next.
      if (problem === null) await untilScopesKnown(asker, writes, PUBLISH_WAIT_MS);
      return problem;
    },
  };
}
