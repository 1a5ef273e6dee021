import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { x2ManyCommands } from "@web/core/orm_service";
import { registry } from "@web/core/registry";
import { Mutex } from "@web/core/utils/concurrency";
import { useBus, useService } from "@web/core/utils/hooks";
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
        this.mutex = new Mutex();
        // whoever saves the form waits for the changes that are under way
        useBus(this.props.record.model.bus, "NEED_LOCAL_CHANGES", (ev) =>
            ev.detail.proms.push(this.mutex.getUnlockedDef())
        );
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
        return this.setCells(() => [{ row, column, grade }]);
    }

    /** Proposes a grade for every empty cell by its distance from the best corner. */
    propose() {
        return this.setCells((cells) => {
            const changes = [];
            for (const row of this.rows) {
                for (const column of this.columns) {
                    if (!cells[`${row.level},${column.level}`]) {
                        changes.push({ row, column, grade: this.proposal(row, column) });
                    }
                }
            }
            return changes;
        });
    }

    proposal(row, column) {
        const share = (level, count) => (count > 1 ? (level - 1) / (count - 1) : 1);
        const merit =
            (share(row.level, this.rows.length) + share(column.level, this.columns.length)) / 2;
        return this.state.grades[Math.round((1 - merit) * (this.state.grades.length - 1))];
    }

    /** Applies the changes that `getChanges` wants in view of the present cells; one after the other, so that no cell is made twice. */
    setCells(getChanges) {
        return this.mutex.exec(() => {
            const cells = this.cells;
            const commands = getChanges(cells).map(({ row, column, grade }) => {
                const record = cells[`${row.level},${column.level}`];
                const id = record && (record.resId || record._virtualId);
                if (!grade) {
                    return record && x2ManyCommands.delete(id);
                }
                const grade_id = { id: grade.id, display_name: grade.display_name };
                return record
                    ? x2ManyCommands.update(id, { grade_id })
                    : x2ManyCommands.create(undefined, {
                          row_level: row.level,
                          column_level: column.level,
                          grade_id,
                      });
            });
            return this.list.applyCommands(commands.filter(Boolean));
        });
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
