"""Several files at once, each checked, with what is wrong at the field (INP-03)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from portal.files.content import kind_of
from portal.files.services import MAX_BYTES

MOST = 10
# A phone offers its camera for pictures.
ACCEPT = "image/jpeg,image/png,image/tiff,application/pdf,text/plain,text/csv,.xlsx,.docx"


class FilesInput(forms.FileInput):
    """An input that takes several files, and the phone's camera."""

    allow_multiple_selected = True

    def __init__(self) -> None:
        super().__init__(attrs={"accept": ACCEPT})


class FilesField(forms.FileField):
    """Up to ten files; its value is a list."""

    widget = FilesInput

    def __init__(self) -> None:
        super().__init__(
            required=False,
            label=_("Files and pictures"),
            help_text=_("Up to 10, at most 5 MB each: pictures, PDF, text, Excel or Word."),
        )

    def clean(self, data: object, initial: object = None) -> list[UploadedFile[Any]]:
        """Return the files. Raise ValidationError that names each file that is not taken."""
        uploads = data if isinstance(data, list | tuple) else [data] if data else []
        if len(uploads) > MOST:
            raise forms.ValidationError(_("These are more than 10 files."))
        found = [_checked(super(FilesField, self).clean(upload)) for upload in uploads]
        wrong = [message for _upload, message in found if message is not None]
        if wrong:
            raise forms.ValidationError(wrong)
        return [upload for upload, _message in found]


def _checked(upload: UploadedFile[Any]) -> tuple[UploadedFile[Any], forms.ValidationError | None]:
    name = (upload.name or "")[:60]
    if (upload.size or 0) > MAX_BYTES:
        return upload, forms.ValidationError(
            _("%(name)s is larger than 5 MB."), params={"name": name}
        )
    kind = kind_of(upload.read(), upload.name or "")
    upload.seek(0)
    if kind is None:
        return upload, forms.ValidationError(
            _("%(name)s is of a type that is not taken."), params={"name": name}
        )
    return upload, None
