/** The application: what is always there, and the page of the address. */
import { ActDialog } from './components/act-dialog.js';
import { Announcements } from './components/announcements.js';
import { Banners, Header } from './components/header.js';
import { KeysHelp } from './components/keys-help.js';
import { PackDialog } from './components/pack-dialog.js';
import { seesAlerts } from './live/live.js';
import { AlarmHealthPage } from './pages/alarm-health.js';
import { AlertPage } from './pages/alert.js';
import { Board } from './pages/board.js';
import { BriefingsPage } from './pages/briefings.js';
import { CohortPage } from './pages/cohort.js';
import { CrimesPage } from './pages/crimes.js';
import { CustodyListPage } from './pages/custody-list.js';
import { DeskPage } from './pages/desk.js';
import { HandoverPage } from './pages/handover.js';
import { ImportsPage } from './pages/imports.js';
import { IntelligencePage } from './pages/intelligence.js';
import { NoAlertsPage } from './pages/no-alerts.js';
import { OffNowPage } from './pages/off-now.js';
import { PacksPage } from './pages/packs.js';
import { ProposalsPage } from './pages/proposals.js';
import { NewRecallPage, RecallPage } from './pages/recall.js';
import { RecallsPage } from './pages/recalls.js';
import { RegisterPage } from './pages/register.js';
import { RejectedPage } from './pages/rejected.js';
import { ShownMatchPage } from './pages/shown-match.js';
import { SigningKeysPage } from './pages/signing-keys.js';
import { StatisticsPage } from './pages/statistics.js';
import { WearerPage } from './pages/wearer.js';
import { ZonesPage } from './pages/zones.js';
import { lastBoard, page } from './route.js';

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
      <PackDialog />
      <KeysHelp />
      <Announcements />
    </>
  );
}
