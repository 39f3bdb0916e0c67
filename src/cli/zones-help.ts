/** The words of `tagwatch zones`. */
import { TYPICAL_R95_METRES } from '../formats/zones/zone-file-check.js';

const FILES = `PATHS are files, or folders that are searched for .geojson, .kml and .wkt (also .gz); other files have to be named. A file is read
by its extension, otherwise by how it begins:
  GeoJSON  a FeatureCollection or one Feature. Each feature is a zone as PUT /zones/{id} takes it: Polygon, MultiPolygon, or Point
           with radiusMetres; properties name, priority, bufferMetres, effectiveAt. Beside its features a FeatureCollection may have
           "conditions": exclusions for all wearers, as PUT /conditions/{id} takes them, each with its id
  KML      each Placemark with polygons, alone or in a MultiGeometry; its id or ExtendedData zoneId, its name, and in ExtendedData
           priority, bufferMetres, effectiveAt, and radiusMetres for a Point. Pins and paths are passed over, and said
  WKT      POLYGON or MULTIPOLYGON, one a line, with SRID=4326; before it or not; before that an id, or an id and a name, parted by
           tab, | ; or comma. Or with a first line of column names, one of them wkt or geometry
All of them are in WGS84 degrees, longitude first.

Reading:
  --format NAME           geojson, kml, wkt
  --id-from NAME          the property, ExtendedData or column that holds the zone's id
  --name-from NAME        ... and its name
  --id-prefix PREFIX      features without an id become PREFIX-1, PREFIX-2 by their place in the file; without it an id is made from
                          the name, and said
  --ignore-unknown        leave out fields that a zone does not have; otherwise they are errors, because a typo must not become a
                          zone that does less than was meant

Judging:
  --service-area W,S,E,N  where zones belong, degrees (TAGWATCH_SERVICE_AREA; otherwise the world). With it, swapped axes are found
  --r95-metres N          what GPS is taken to be good for, 95 % radius (${TYPICAL_R95_METRES})
  --strict                warnings count as errors`;

export const VALIDATE_HELP = `Usage: tagwatch zones validate PATHS... [OPTIONS]

Judges zone files, and sends nothing. One line for each finding: file, line, feature and position.

${FILES}
  --json                  the findings as one JSON document

Errors, which the front door would refuse:
  a ring that is not closed, crosses, touches or turns back on itself, or has no area; a hole outside its outer ring or in another
  hole; parts of a MultiPolygon that overlap or share an edge; positions outside the service area, saying whether swapped axes would
  fit; a zone across the antimeridian or over a pole; fields that are missing, wrong or unknown; an id that stands twice, in one file
  or in several that are given together
Warnings:
  mended    rings wound the wrong way; positions that repeat the one before
  to see    spikes (under 5 degrees sharp and 5 m wide); the same area under two ids; a zone far from the others that would lie
            among them with its axes swapped; an id that was made from a name
  too small a zone, or a part of one, whose deepest point is nearer to its boundary than r95: even a fix from there falls into its
            largest circle in under 95 % of cases, and 95 % is the belief at which a violation is confirmed. The figure is said
The summary tells within which bounds all zones lie: look at it.

Examples:
  tagwatch zones validate geofences/ --service-area 0.9,51.1,1.5,51.5
  tagwatch zones validate force-export.kml --id-prefix hq --ignore-unknown --json

Ends with 0 when there is no error, 1 when there is one, 2 when it was called wrongly.
`;

export const IMPORT_HELP = `Usage: tagwatch zones import PATHS... [OPTIONS]

Judges zone files as "tagwatch zones validate" does, and puts the zones, then the conditions that the files have, into a running
Tagwatch over HTTP. Nothing is sent when there is an error. A second run changes nothing.

${FILES}

Sending:
  --url URL               where Tagwatch listens (http://127.0.0.1:8080)
  --token-file FILE       a bearer token with records.read and records.write, where sign-in is configured (TAGWATCH_TOKEN_FILE); read anew
                          for each request
  --replace               a zone or condition that stands there with another content gets a new version, in force from its
                          effectiveAt, or now. Without it, it is left as it stands, and said: two sets may use one id by mistake
  --skip-bad              leave out what has errors and send the rest
  --zones-only            leave the files' conditions out
  --json                  what happened, as one JSON document

When Tagwatch does not answer, the same request is sent again for up to five minutes. A condition is sent after its zone, and not at
all when its zone could not be put. What Tagwatch refuses is said in its words: a zone may then stand without its condition, and
nobody is alerted by it.

Examples:
  tagwatch zones import geofences/
  tagwatch zones import town-centre.kml --replace --url http://tagwatch:8080

Ends with 0 when everything stands as the files say, 1 when something does not, 2 when it was called wrongly.
`;

export const ZONES_HELP = `Usage: tagwatch zones validate PATHS... [OPTIONS]   judges zone files: GeoJSON, KML, WKT
       tagwatch zones import PATHS... [OPTIONS]     puts their zones into a running Tagwatch
       tagwatch zones schema                        prints the JSON Schema of a set in GeoJSON, as in geofences/schema.json

"tagwatch zones validate --help" and "tagwatch zones import --help" tell more.
`;
