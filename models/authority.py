"""Authorities (communes), their units and people."""

from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, enum_column


class Role(StrEnum):
    """What a person is allowed and asked to do."""

    ADMIN = "admin"
    LEADER = "leader"
    HEAD = "head"
    OFFICER = "officer"
    AUDITOR = "auditor"


class Authority(Base):
    """A commune (xã, phường, đặc khu) or a body above it. `superior` is who receives its reports."""

    __tablename__ = "authority"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(300))
    place: Mapped[str | None] = mapped_column(String(120))
    superior: Mapped[str | None] = mapped_column(String(300))
    superior_mailbox: Mapped[str | None] = mapped_column(String(254))
    focal_unit_id: Mapped[int | None] = mapped_column(
        ForeignKey("unit.id", use_alter=True, name="fk_authority_focal_unit_id_unit")
    )

    units: Mapped[list["Unit"]] = relationship(
        back_populates="authority", foreign_keys="Unit.authority_id", order_by="Unit.id"
    )
    people: Mapped[list["Person"]] = relationship(back_populates="authority", order_by="Person.id")
    focal_unit: Mapped["Unit | None"] = relationship(foreign_keys=[focal_unit_id], post_update=True)


class Unit(Base):
    """A unit of an authority. `code` is canonical (PHONG_VHXH); `mailbox` is where its reminders go."""

    __tablename__ = "unit"
    __table_args__ = (UniqueConstraint("authority_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    authority_id: Mapped[int] = mapped_column(ForeignKey("authority.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(300))
    mailbox: Mapped[str | None] = mapped_column(String(254))
    superior: Mapped[str | None] = mapped_column(String(300))
    head_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", use_alter=True, name="fk_unit_head_id_person"))
    active: Mapped[bool] = mapped_column(default=True)

    authority: Mapped[Authority] = relationship(back_populates="units", foreign_keys=[authority_id])
    aliases: Mapped[list["UnitAlias"]] = relationship(
        back_populates="unit", cascade="all, delete-orphan", order_by="UnitAlias.id"
    )
    people: Mapped[list["Person"]] = relationship(back_populates="unit", foreign_keys="Person.unit_id")
    head: Mapped["Person | None"] = relationship(foreign_keys=[head_id], post_update=True)


class UnitAlias(Base):
    """Another way in which documents write a unit's name."""

    __tablename__ = "unit_alias"
    __table_args__ = (UniqueConstraint("unit_id", "alias"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id", ondelete="CASCADE"))
    alias: Mapped[str] = mapped_column(String(300))

    unit: Mapped[Unit] = relationship(back_populates="aliases")


class Person(Base):
    """Somebody (or a unit's shared mailbox) that gets mail. One e-mail address is one person of an authority."""

    __tablename__ = "person"
    __table_args__ = (
        UniqueConstraint("authority_id", "email"),
        Index("ix_person_unit_id", "unit_id", postgresql_where=text("active")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    authority_id: Mapped[int] = mapped_column(ForeignKey("authority.id", ondelete="CASCADE"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id", ondelete="SET NULL"))
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(254))
    role: Mapped[Role] = mapped_column(enum_column(Role), default=Role.OFFICER)
    is_mailbox: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)

    authority: Mapped[Authority] = relationship(back_populates="people")
    unit: Mapped[Unit | None] = relationship(back_populates="people", foreign_keys=[unit_id])
