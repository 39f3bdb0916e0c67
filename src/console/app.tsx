/** The application: what is always there, and the page of the address. */
import { ActDialog } from './components/act-dialog.js';
import { Announcements } from './components/announcements.js';
import { Banners, Header } from './components/header.js';
import { KeysHelp } from './components/keys-help.js';
import { leavePack, packDraft } from './components/pack-draft.js';
import { dialogFrame, late } from './late.js';
import { seesAlerts } from './live/live.js';
import { AlertPage } from './pages/alert.js';
import { Board } from './pages/board.js';
import { NoAlertsPage } from './pages/no-alerts.js';
import { lastBoard, page } from './route.js';

// The board and an alert are in the first script: what a night shift opens first. What is wanted of them is fetched first.
const PackDialog = late(
  async () => (await import('./components/pack-dialog.js')).PackDialog,
  dialogFrame('Make an evidence pack', leavePack),
);
const AlarmHealthPage = late(async () => (await import('./pages/alarm-health.js')).AlarmHealthPage);
const BriefingsPage = late(async () => (await import('./pages/briefings.js')).BriefingsPage);
const CohortPage = late(async () => (await import('./pages/cohort.js')).CohortPage);
const CrimesPage = late(async () => (await import('./pages/crimes.js')).CrimesPage);
const CustodyListPage = late(async () => (await import('./pages/custody-list.js')).CustodyListPage);
const DeskPage = late(async () => (await import('./pages/desk.js')).DeskPage);
const HandoverPage = late(async () => (await import('./pages/handover.js')).HandoverPage);
const ImportsPage = late(async () => (await import('./pages/imports.js')).ImportsPage);
const IntelligencePage = late(async () => (await import('./pages/intelligence.js')).IntelligencePage);
const OffNowPage = late(async () => (await import('./pages/off-now.js')).OffNowPage);
const PacksPage = late(async () => (await import('./pages/packs.js')).PacksPage);
const PatternsPage = late(async () => (await import('./pages/patterns.js')).PatternsPage);
const ProposalsPage = late(async () => (await import('./pages/proposals.js')).ProposalsPage);
const NewRecallPage = late(async () => (await import('./pages/recall.js')).NewRecallPage);
const RecallPage = late(async () => (await import('./pages/recall.js')).RecallPage);
const RecallsPage = late(async () => (await import('./pages/recalls.js')).RecallsPage);
const RegisterPage = late(async () => (await import('./pages/register.js')).RegisterPage);
const RejectedPage = late(async () => (await import('./pages/rejected.js')).RejectedPage);
const ShownMatchPage = late(async () => (await import('./pages/shown-match.js')).ShownMatchPage);
const SigningKeysPage = late(async () => (await import('./pages/signing-keys.js')).SigningKeysPage);
const StatisticsPage = late(async () => (await import('./pages/statistics.js')).StatisticsPage);
const WearerPage = late(async () => (await import('./pages/wearer.js')).WearerPage);
const ZonesPage = late(async () => (await import('./pages/zones.js')).ZonesPage);

/** What is there for those too whose roles do not include alerts. */
const WITHOUT_ALERTS: ReadonlySet<string> = new Set(['rejected', 'proposals', 'keys', 'packs']);

function CurrentPage() {
  const now = page.value;
  if (!seesAlerts.value && !WITHOUT_ALERTS.has(now.name)) return <NoAlertsPage />;
  switch (now.name) {
    case 'board':
      return <Board />;
    case 'alert':
      return <AlertPage key={now.alertId} alertId={now.alertId} asAt={now.asAt} />;
    case 'wearer':
      return <WearerPage key={now.wearerId} wearerId={now.wearerId} query={now.query} />;
    case 'register':
      return <RegisterPage />;
    case 'off-now':
      return <OffNowPage />;
    case 'alarm-health':
      return <AlarmHealthPage />;
    case 'handover':
      return <HandoverPage />;
    case 'rejected':
      return <RejectedPage />;
    case 'cohort':
      return <CohortPage />;
    case 'packs':
      return <PacksPage key={now.wearerId} wearerId={now.wearerId} />;
    case 'crimes':
      return <CrimesPage key={now.batchId} batchId={now.batchId} />;
    case 'patterns':
      return <PatternsPage query={now.query} />;
    case 'match':
      return <ShownMatchPage key={`${now.batchId} ${now.place} ${now.wearerId}`} about={now} />;
    case 'desk':
      return <DeskPage />;
    case 'custody-list':
      return <CustodyListPage />;
    case 'imports':
      return <ImportsPage />;
    case 'intelligence':
      return <IntelligencePage />;
    case 'statistics':
      return <StatisticsPage />;
    case 'briefings':
      return <BriefingsPage />;
    case 'recalls':
      return <RecallsPage />;
    case 'recall':
      return <RecallPage key={now.recallId} recallId={now.recallId} />;
    case 'new-recall':
      return <NewRecallPage key={`${now.wearerId} ${now.alertIds.join()}`} about={now} />;
    case 'proposals':
      return <ProposalsPage />;
    case 'keys':
      return <SigningKeysPage />;
    case 'zones':
      return <ZonesPage />;
    case 'unknown':
      return (
        <main class="tw-page" id="main">
          <h1 class="govuk-heading-l">There is no such page</h1>
          <p class="govuk-body">
            <a href={lastBoard()}>Back to the board</a>
          </p>
        </main>
      );
  }
}

function AskedPack() {
  const draft = packDraft.value;
  return draft === null ? null : <PackDialog draft={draft} />;
}

export function App() {
  return (
    <>
      <a href="#main" class="govuk-skip-link">
        Skip to the page
      </a>
      <Header />
      <Banners />
      <CurrentPage />
      <ActDialog />
      <AskedPack />
      <KeysHelp />
      <Announcements />
    </>
  );
}
