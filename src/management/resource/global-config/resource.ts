import { api, queryApi } from '../../define/api.ts';
import { maybe, text } from '../../define/fields.ts';
import { inventoryOf, resource } from '../../define/resource.ts';

/** A setting of the whole cloud; its definition stands in `settings`. */
export const globalConfig = resource({
  name: 'GlobalConfig',
  package: 'org.zstack.core.config',
  path: '/global-configurations',
  table: 'global_config',
  key: ['category', 'name'],
  fields: {
    name: text(190),
    category: text(64),
    description: text(1024),
    defaultValue: text(2048),
    value: text(2048),
  },
});

const named = { category: text(), name: text() };
const answers = { inventory: inventoryOf(globalConfig) };

export const updateGlobalConfig = api({
  name: 'UpdateGlobalConfig',
  package: globalConfig.package,
  rest: {
    method: 'PUT',
    path: '/global-configurations/{category}/{name}/actions',
    isAction: true,
    parameterName: 'updateGlobalConfig',
  },
  params: { ...named, value: maybe(text()) },
  answers,
});

export const getGlobalConfig = api({
  name: 'GetGlobalConfig',
  package: globalConfig.package,
  sync: true,
  params: named,
  answers,
});

export const globalConfigApis = [
  queryApi(globalConfig, { rest: { method: 'GET', path: globalConfig.path } }),
  updateGlobalConfig,
  getGlobalConfig,
];
