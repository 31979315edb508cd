import type { RoutingStrategy } from '../config/gateway-config/gateway-config.js';
import type { RouteStep } from './route-plan.js';

/** How often `least-latency` asks another one first, so that who was slow once is looked at again. */
const EXPLORATION = 0.05;

/** By what equals are put in order. */
export interface ArrangementRules<Step extends RouteStep> {
  /** Among providers; among the endpoints of one it is always their weights. */
  strategy: RoutingStrategy;
  /** A provider's share, for `weighted`. */
  weightOf: (providerId: string) => number;
  /** Mean time to first content, in milliseconds; undefined: not known. */
  latencyOf: (step: RouteStep) => number | undefined;
  /** What the request would cost there, in any unit. */
  costOf: (step: Step) => number;
  /** From 0 to 1. */
  random: () => number;
}

/**
 * One request's own order of a plan: steps of a rank change places, ranks don't. A provider's endpoints stay together,
 * in a random order by their weights, so that load is shared and a failure goes to the next one.
 */
export function arrangeSteps<Step extends RouteStep>(
  steps: readonly Step[],
  rules: ArrangementRules<Step>,
): readonly Step[] {
  if (steps.every(({ rank }, index) => rank !== steps[index - 1]?.rank)) return steps; // nobody has an equal
  return groupedBy(steps, ({ rank }) => String(rank)).flatMap((equals) =>
    equals.length === 1 ? equals : arrangeEquals(equals, rules),
  );
}

function arrangeEquals<Step extends RouteStep>(steps: readonly Step[], rules: ArrangementRules<Step>): Step[] {
  if (rules.strategy === 'least-latency') return quickestFirst(steps, rules);
  const sites = groupedBy(steps, ({ providerId, model }) => `${providerId} ${model}`);
  return orderedSites(sites, rules).flatMap((endpoints) => shuffled(endpoints, ({ weight }) => weight, rules.random));
}

function orderedSites<Step extends RouteStep>(sites: Step[][], rules: ArrangementRules<Step>): Step[][] {
  switch (rules.strategy) {
    case 'weighted':
      return shuffled(sites, ([step]) => rules.weightOf(step!.providerId), rules.random);
    case 'least-cost': {
      const cost = ([step]: Step[]) => rules.costOf(step!);
      return [...sites].sort((a, b) => cost(a) - cost(b));
    }
    case 'priority':
    case 'least-latency':
      return sites;
    default:
      return rules.strategy satisfies never;
  }
}

/** Who is not known yet goes first: it is known afterwards. Endpoints without a weight are only for when the others fail. */
function quickestFirst<Step extends RouteStep>(
  steps: readonly Step[],
  { latencyOf, random }: Pick<ArrangementRules<Step>, 'latencyOf' | 'random'>,
): Step[] {
  const latency = (step: Step) => (step.weight === 0 ? Infinity : (latencyOf(step) ?? 0));
  const ordered = [...steps].sort((a, b) => compare(latency(a), latency(b)));
  if (random() >= EXPLORATION) return ordered;
  const explored = ordered[Math.floor(random() * ordered.length)]!;
  return [explored, ...ordered.filter((step) => step !== explored)];
}

/** A random order in which each comes first as often as its share of the weights says; those without weight come last. */
function shuffled<T>(items: readonly T[], weightOf: (item: T) => number, random: () => number): T[] {
  if (items.length === 1) return [...items];
  return items
    .map((item) => ({ item, key: -Math.log(1 - random()) / weightOf(item) })) // Efraimidis and Spirakis
    .sort((a, b) => compare(a.key, b.key))
    .map(({ item }) => item);
}

/** Infinity equals itself. */
function compare(a: number, b: number): number {
  return a === b ? 0 : a - b;
}

/** In the order of each group's first item. */
function groupedBy<T>(items: readonly T[], nameOf: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const name = nameOf(item);
    const group = groups.get(name);
    if (group) group.push(item);
    else groups.set(name, [item]);
  }
  return [...groups.values()];
}
