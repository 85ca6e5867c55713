using System.Globalization;
using Microsoft.CodeAnalysis;

namespace JobQueue.SourceGeneration.Reading;

/// <summary>Checks enums of the attribute, which can hold any number.</summary>
internal static class EnumValues
{
    public static bool IsDefined(TypedConstant constant, Location place, string name, Problems problems)
    {
        var isDefined = constant.Type!.GetMembers().OfType<IFieldSymbol>().Any(field => field.HasConstantValue && Equals(field.ConstantValue, constant.Value));
        if (!isDefined)
        {
            problems.Add(Descriptors.UndefinedEnum, place, name, Convert.ToString(constant.Value, CultureInfo.InvariantCulture), constant.Type.Name);
        }

        return isDefined;
    }
}
