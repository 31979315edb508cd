import type { SettingPath } from '../gateway-config/yaml-source.js';

/** A setting that holds no further ones. */
export interface SettingLeaf {
  path: SettingPath;
  value: unknown;
}

/** Every setting of a tree. A list of anything but mappings is one value, and so is an empty mapping. */
export function settingLeaves(value: unknown, path: SettingPath = []): SettingLeaf[] {
  if (value === undefined) return [];
  const isPlainList = Array.isArray(value) && !value.some((each) => typeof each === 'object');
  if (typeof value !== 'object' || value === null || isPlainList || Object.keys(value).length === 0)
    return [{ path, value }];
  const step = Array.isArray(value) ? Number : String;
  return Object.entries(value).flatMap(([name, each]) => settingLeaves(each, [...path, step(name)]));
}
