/** Ids in addresses and bodies. */
import Type from 'typebox';
import { RECORD_ID_PATTERN } from '../../wire/record-id.js';

export const RecordId = Type.String({ pattern: RECORD_ID_PATTERN, description: 'Of the caller’s choice' });
