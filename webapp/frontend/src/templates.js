// The templates of the SOP where owners look for them: in the menus, and behind the panel's button.
import { CreateAppendElementTemplatesModule } from 'bpmn-js-create-append-anything';

const MENU = 'alur-templates';

class TemplateMenu {
  static $inject = ['eventBus', 'popupMenu', 'elementTemplates', 'translate', 'canvas'];

  constructor(eventBus, popupMenu, elementTemplates, translate, canvas) {
    this.templates = elementTemplates;
    popupMenu.registerProvider(MENU, this);
    // The panel only says that its button was pressed; on the desktop another program listens.
    eventBus.on('elementTemplates.select', ({ element }) => {
      const box = canvas.getContainer().getBoundingClientRect();
      popupMenu.open(element, MENU, { x: box.right - 320, y: box.top + 60 }, { title: translate('Template'), search: true, width: 300 });
    });
  }

  getPopupMenuEntries(element) {
    return Object.fromEntries(this.templates.getLatest(element).map(template => [template.id, {
      label: template.name,
      description: template.description,
      action: () => this.templates.applyTemplate(element, template)
    }]));
  }
}

/** What the modeler needs for templates to be chosen. */
export const templateMenus = [
  CreateAppendElementTemplatesModule,
  { __init__: ['templateMenu'], templateMenu: ['type', TemplateMenu] }
];
