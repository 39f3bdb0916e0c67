/** The thresholds that stand in every pack. */
import {
  CONFIRM_AT,
  END_AT,
  FIRST_FIX_RATIO,
  GAP_LIMIT_MS,
  HORIZON_MS,
  SPEED_LIMIT_METRES_PER_SECOND,
} from '../engine/thresholds.js';
import { LEAD_IN_MS } from './rerun-inputs.js';

/** What every finding was judged by. */
export const PARAMETERS = {
  confirmAt: CONFIRM_AT,
  endAt: END_AT,
  firstFixRatio: FIRST_FIX_RATIO,
  gapLimitMs: GAP_LIMIT_MS,
  horizonMs: HORIZON_MS,
  speedLimitMetresPerSecond: SPEED_LIMIT_METRES_PER_SECOND,
  rerunLeadInMs: LEAD_IN_MS,
};
