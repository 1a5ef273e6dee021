import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { x2ManyCommands } from "@web/core/orm_service";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/**
 * The cells of a matrix scheme as a grid: rows are the levels of the first dimension, the best on top, columns those of the
 * second, the best on the right. Every cell is a drop-down list of the company's grades, in the grade's colour.
 * The axes come from the field `matrix_axes` of the same record.
 */
export class MatrixField extends Component {
    static template = "crm_grading.MatrixField";
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ grades: [] });
        onWillStart(() => this.loadGrades(this.props));
        onWillUpdateProps((props) => {
            if (this.company(props) !== this.loadedCompany) {
                return this.loadGrades(props);
            }
        });
    }

    company(props) {
        return props.record.data.company_id?.id || false;
    }

    /** Loads the grades of the scheme's company, the best first. */
    async loadGrades(props) {
        this.loadedCompany = this.company(props);
        const domain = this.loadedCompany ? [["company_id", "=", this.loadedCompany]] : [];
        this.state.grades = await this.orm.searchRead(
            "crm.grade",
            domain,
            ["display_name", "color"],
            { order: "sequence, id" }
        );
    }

    get list() {
        return this.props.record.data[this.props.name];
    }

    get rows() {
        return this.axis("rows").levels.toReversed();
    }

    get columns() {
        return this.axis("columns").levels;
    }

    axis(name) {
        return this.props.record.data.matrix_axes?.[name] || { name: "", levels: [] };
    }

    /** Returns the cells by "row,column". */
    get cells() {
        const cells = {};
        for (const record of this.list.records) {
            cells[`${record.data.row_level},${record.data.column_level}`] = record;
        }
        return cells;
    }

    gradeOf(record) {
        return record && this.state.grades.find((grade) => grade.id === record.data.grade_id?.id);
    }

    label(row, column) {
        return _t("%(rowName)s %(row)s, %(columnName)s %(column)s", {
            rowName: this.axis("rows").name,
            row: row.label,
            columnName: this.axis("columns").name,
            column: column.label,
        });
    }

    get emptyCount() {
        const cells = this.cells;
        let count = 0;
        for (const row of this.rows) {
            for (const column of this.columns) {
                count += cells[`${row.level},${column.level}`] ? 0 : 1;
            }
        }
        return count;
    }

    onSelect(row, column, ev) {
        const grade = this.state.grades.find((grade) => grade.id === Number(ev.target.value));
        return this.setCells([{ row, column, grade }]);
    }

    /** Proposes a grade for every empty cell by its distance from the best corner. */
    propose() {
        const cells = this.cells;
        const changes = [];
        const share = (level, count) => (count > 1 ? (level - 1) / (count - 1) : 1);
        for (const row of this.rows) {
            for (const column of this.columns) {
                if (!cells[`${row.level},${column.level}`]) {
                    const merit =
                        (share(row.level, this.rows.length) +
                            share(column.level, this.columns.length)) /
                        2;
                    const place = Math.round((1 - merit) * (this.state.grades.length - 1));
                    changes.push({ row, column, grade: this.state.grades[place] });
                }
            }
        }
        return this.setCells(changes);
    }

    setCells(changes) {
        const cells = this.cells;
        const commands = changes.map(({ row, column, grade }) => {
            const record = cells[`${row.level},${column.level}`];
            if (!grade) {
                return record && x2ManyCommands.delete(record.resId || record._virtualId);
            }
            const grade_id = { id: grade.id, display_name: grade.display_name };
            return record
                ? x2ManyCommands.update(record.resId || record._virtualId, { grade_id })
                : x2ManyCommands.create(undefined, {
                      row_level: row.level,
                      column_level: column.level,
                      grade_id,
                  });
        });
        return this.list.applyCommands(commands.filter(Boolean));
    }
}

registry.category("fields").add("crm_matrix", {
    component: MatrixField,
    displayName: _t("Grade Matrix"),
    supportedTypes: ["one2many"],
    relatedFields: [
        { name: "row_level", type: "integer", readonly: false },
        { name: "column_level", type: "integer", readonly: false },
        { name: "grade_id", type: "many2one", relation: "crm.grade", readonly: false },
    ],
    fieldDependencies: [
        { name: "matrix_axes", type: "json" },
        { name: "company_id", type: "many2one", relation: "res.company" },
    ],
});
