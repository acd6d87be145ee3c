<?xml version="1.0" encoding="UTF-8"?>
<!-- The names of the features in the profile `pinion`, separated by commas. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:f="http://karaf.apache.org/xmlns/features/v1.6.0">
  <xsl:output method="text" encoding="UTF-8" />
  <xsl:template match="/">
    <xsl:for-each select="/f:features/f:feature[@name='pinion']/f:feature">
      <xsl:if test="position() &gt; 1">, </xsl:if>
      <xsl:value-of select="." />
    </xsl:for-each>
  </xsl:template>
</xsl:stylesheet>
