import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import type { TemplateService } from '../core/access/template-service.ts';

interface Deps {
  templates: TemplateService;
}

export function accessTemplatesHandlers({ templates }: Deps): IpcHandlers['accessTemplates'] {
  return {
    list: (place) => templates.list(place),
    save: async ({ name, lines, replaces, ...place }) => ({
      templateId: await templates.save(place, { name, lines, replaces }),
    }),
    remove: ({ templateId, ...place }) => templates.remove(place, templateId),
    defaults: (place) => templates.defaults(place),
    saveDefaults: ({ replaces, grants, ...place }) => templates.saveDefaults(place, { replaces, grants }),
  };
}
